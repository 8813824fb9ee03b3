#!/bin/sh
# The main job on the sample registry: a search, the short printout, a profile sold, the ledger.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

show() {
    printf '\n$'
    for word in "$@"; do
        case $word in *" "*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    "$@"
}

show capreg init demo --sample
cd demo
show capreg search process:milling material:aluminium tolerance:..0.01mm near:Bologna,40km -O table
show capreg client add nordwerk --name "Nordwerk Fahrzeugbau AG"
show capreg printout process:milling material:aluminium tolerance:..0.01mm near:Bologna,40km --client nordwerk --yes -O table
show capreg profile officine-savena --client nordwerk --yes -O table
show capreg ledger -O table
show capreg invoice nordwerk --yes -O table
