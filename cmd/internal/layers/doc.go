// Package layers holds a test and nothing else: which packages of this module
// may import which. Imports run one way,
//
//	cmd -> cmd/<noun> -> provisioning/* -> mappings/* -> extattr -> graph
//
// and inside of each only down the list in the test. No noun of cmd imports
// another one. Beside that line
//
//   - mappings/expression and provisioning/scim import nothing of ours, and
//     provisioning/engine those two alone: they are pure, and the simulated
//     tenant shares them with the tool;
//   - provisioning/sandbox, the simulated tenant, imports expression, scim and engine
//     and nothing else of ours that knows Entra, so that tool and sandbox can
//     disagree; it is imported by cmd and by tests alone;
//   - graph/private, which keeps files, imports nothing of ours and is for all
//     from the sandbox and graph up;
//   - graph/parallel, the only package that starts goroutines, imports nothing of
//     ours and may be imported by all;
//   - the Graph SDK, Kiota and the Azure SDK stay in graph; cobra, pflag and
//     viper in cmd; the SCIM server library in provisioning/sandbox/scimserver.
//
// A folder belongs to the layer of the nearest one above it that is named here.
package layers
