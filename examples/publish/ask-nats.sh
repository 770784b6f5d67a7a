#!/bin/sh
# A question over the bus, with the nats CLI: `examples/publish/ask-nats.sh "…" [KEY]`.
# CLOISTER_BUS, CLOISTER_CLIENT and CLOISTER_KEY as for ask.py. The same KEY again brings the first answer again.
set -eu
export NATS_URL="$CLOISTER_BUS" NATS_USER="$CLOISTER_CLIENT" NATS_PASSWORD="$CLOISTER_KEY"
key=${2:-$(date +%s)-$$}
# The query id, as shared.events.query_id makes it: both sides can work it out.
query=$(printf '%s\0%s' "$CLOISTER_CLIENT" "$key" | sha256sum | cut -c1-32)
question=$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')

nats --inbox-prefix "_INBOX_$CLOISTER_CLIENT" subscribe --count 1 --raw "answered.$CLOISTER_CLIENT.$query" &
sleep 1  # what is answered before the subscription stands is not heard
nats --inbox-prefix "_INBOX_$CLOISTER_CLIENT" request --raw --timeout 5s "ask.$CLOISTER_CLIENT" \
  "{\"question\": \"$question\", \"workspace\": \"${CLOISTER_WORKSPACE:-finance}\", \"key\": \"$key\"}"
wait
