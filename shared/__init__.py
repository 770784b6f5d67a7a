"""What every service needs: messages, the bus, streams, settings, database."""
