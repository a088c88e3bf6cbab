"""What writes answers: runs, their transcripts, their log, and the recovery of those that were interrupted."""
