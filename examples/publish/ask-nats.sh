#!/bin/sh
# A question over the bus, with the nats CLI: `examples/publish/ask-nats.sh "…" [KEY]`.
# CLOISTER_BUS, CLOISTER_CLIENT and CLOISTER_KEY as for ask.py. The same KEY again brings the first answer again.
set -eu
key=${2:-$(date +%s)-$$}
# The query id, as shared.events.query_id makes it: both sides can work it out.
query=$(printf '%s\0%s' "$CLOISTER_CLIENT" "$key" | sha256sum | cut -c1-32)
nats="nats --server $CLOISTER_BUS --user $CLOISTER_CLIENT --password $CLOISTER_KEY --inbox-prefix _INBOX_$CLOISTER_CLIENT"
question=$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')

$nats subscribe --count 1 --raw "answered.$CLOISTER_CLIENT.$query" &
sleep 1  # the ear before the mouth: what is answered before the subscription stands is not heard
$nats request --raw --timeout 5s "ask.$CLOISTER_CLIENT" \
  "{\"question\": \"$question\", \"workspace\": \"${CLOISTER_WORKSPACE:-finance}\", \"key\": \"$key\"}"
wait
