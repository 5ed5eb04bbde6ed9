"""Put the metrics of functions' log lines into CloudWatch, as AWS does. Run by `services`.

Functions print metrics in the embedded metric format; the emulator's logs do not extract them.

- `emf`: read the metrics of one line; pure
- `log_tail`: read the new lines of a log group, each once
- `extractor`: follow the log groups of all functions
"""
