#!/bin/sh
# A question over HTTP, with curl: `examples/publish/ask.sh "…"`.
# CLOISTER_URL, and CLOISTER_KEY from `cloister keys add crm -w finance`.
set -eu
url=${CLOISTER_URL:-http://127.0.0.1:8000}
question=$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')
exec curl --silent --show-error --fail-with-body "$url/api/chat" \
  --header "Authorization: Bearer $CLOISTER_KEY" \
  --header "Content-Type: application/json" \
  --data "{\"question\": \"$question\", \"workspace\": \"${CLOISTER_WORKSPACE:-finance}\", \"lane\": \"system\"}"
