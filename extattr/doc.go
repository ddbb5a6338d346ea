// Package extattr manages directory extension properties, the attributes that
// an application adds to users in Microsoft Entra ID, and their values.
//
// A property has a short name, such as workato_role, and a full one,
// extension_{appId without dashes}_workato_role, under which Graph and
// provisioning know it. Wherever this package takes a name it takes either.
//
// https://learn.microsoft.com/en-us/graph/extensibility-overview#directory-microsoft-entra-id-extensions
package extattr
