"""Who signs in, with what proof, for which bureau and school."""
