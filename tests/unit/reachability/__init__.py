"""Tests of the proof and of traces."""
