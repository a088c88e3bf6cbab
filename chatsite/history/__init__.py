"""What is found again: the list of conversations."""
