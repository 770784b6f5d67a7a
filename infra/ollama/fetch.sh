#!/bin/bash
# Pulls the models of CLOISTER_MODELS into the volume; a server must run for that, and ends with it.
set -euo pipefail
ollama serve &
server=$!
trap 'kill "$server"' EXIT
until ollama list >/dev/null 2>&1; do sleep 1; done
for model in $CLOISTER_MODELS; do ollama pull "$model"; done
ollama list
