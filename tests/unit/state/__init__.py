"""The memory of stacks: records, journals, locks, in a folder and in a bucket."""
