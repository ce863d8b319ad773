"""Work handed out, kept, completed with its files, finalised; what the bureau sees of it."""
