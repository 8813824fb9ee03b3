#!/bin/sh
# What a hub's machine does at night: sh nightly.sh REGISTRY FOLDER
#
# It looks for faults, enters the fees that are due, and writes the registry for others into FOLDER. Its exit code is that
# of the first step that failed, of those of 'capreg help exit-codes'; what other nights wrote is then still there, whole.
# What somebody holds (5) is tried again, three times, after NIGHTLY_WAIT seconds, a minute unless said.
set -eu

registry=$1
folder=$2
wait=${NIGHTLY_WAIT:-60}

tell() {
    printf 'nightly: %s\n' "$1" >&2
}

run() {
    tries=0
    while :; do
        code=0
        capreg -q -R "$registry" "$@" || code=$?
        if [ "$code" -ne 5 ] || [ "$tries" -eq 3 ]; then
            return "$code"
        fi
        tries=$((tries + 1))
        sleep "$wait"
    done
}

step() {
    code=0
    run "$@" || code=$?
    case $code in
        0) return 0 ;;
        4) tell "$1: invalid data; see $folder/faults.txt" ;;
        5) tell "$1: busy all the time" ;;
        7) tell "$1: a signature, a seal or an expiry does not hold: let the treasurer look before anything else" ;;
        *) tell "$1: failed with exit code $code" ;;
    esac
    exit "$code"
}

mkdir -p "$folder"

# Nothing leaves a registry with faults. Each file is looked at again, however it was changed.
step check -o "$folder/faults.txt"
step index -o "$folder/holdings.tsv"

# Each fee is entered once and only once, however often this runs.
step fees --charge --yes -o "$folder/fees.tsv"

step export -o "$folder/registry.ndjson"
step export -o "$folder/registry.xlsx"
step export --lists -o "$folder/registry.zip"

# The bundle of tonight, and what leads to it from the one before.
if capreg bundle --help >/dev/null 2>&1; then
    step bundle create --expires P35D -o "$folder/next.capreg"
    if [ -f "$folder/registry.capreg" ]; then
        step bundle delta "$folder/registry.capreg" "$folder/next.capreg" -o "$folder/registry.delta"
    fi
    mv "$folder/next.capreg" "$folder/registry.capreg"
fi
