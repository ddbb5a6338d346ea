#!/usr/bin/env bash
# For any other pipeline, and cron: provisioning.sh plan|apply|drift FOLDER
#
# The folder has the files of scimctl init or export. Set SCIMCTL_TENANT,
# SCIMCTL_CLIENT_ID and a way of signing in (docs/signing-in.md), for apply
# SCIMCTL_STATE_DIR to a place that outlives the run, and the variables that the
# files refer to.
set -euo pipefail

# A crash may end with 2 as well, but leaves no result: docs/ci.md.
plan() {
	local result code=0
	result=$(mktemp -d)/result
	SCIMCTL_RESULT_FILE=$result scimctl plan -f "$folder" --detailed-exitcode || code=$?
	if [[ ! -e $result ]]; then ((code = code == 2 ? 70 : code)) || true; fi
	return "$code"
}

what=${1:?plan, apply or drift}
folder=${2:?which folder}

case $what in
plan) # for people: never fails because there are changes
	code=0
	plan || code=$?
	if ((code != 2)); then exit "$code"; fi
	;;
apply)
	scimctl apply -f "$folder" --yes
	;;
drift) # exit code 2 when the tenant differs from the files
	plan
	;;
*)
	echo "plan, apply or drift, and not $what" >&2
	exit 64
	;;
esac
