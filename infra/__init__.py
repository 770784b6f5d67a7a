"""Third-party servers that Cloister starts or configures, and the supervisor for one machine."""
