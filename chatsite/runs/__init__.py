"""Runs: what writes answers.

process      all that this process holds, with its start and its end
registry     where a run begins (`Runs.start`) and ends (`Runs._write`)
run          reads one answer from its upstream into its transcript
transcript   the text and HTML so far; followers read it from a cursor
flusher      writes all runs' new text to the log, by `log`, and keeps their `lease`
title_writer requests titles in the background
tails        the transcript of a run of another process, fed from the log
recovery     claims the answers of processes that are gone, and may continue them
hints        notifies other processes at once of what they would find by polling
ends         how a run ended, as a value
"""
