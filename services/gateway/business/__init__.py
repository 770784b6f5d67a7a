"""Routes of business data: named queries and schedules."""
