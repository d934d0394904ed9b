"""Tests of the command line: whole outputs, exit codes, what a user sees."""
