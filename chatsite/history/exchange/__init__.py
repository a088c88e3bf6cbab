"""Import of conversations from other programs, and export."""
