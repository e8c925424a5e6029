"""The embedded PostgreSQL's supervisor, the check of one's own server, client tools, backup."""
