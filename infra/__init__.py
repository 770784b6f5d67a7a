"""Third-party servers that Cloister starts or configures, and the supervisor of one machine."""
