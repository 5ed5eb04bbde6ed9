"""Lines that functions print in the embedded metric format come in; CloudWatch metrics go out.

AWS extracts such metrics when a line reaches CloudWatch Logs; the local cloud's logs do not.

- `emf`: one line becomes metric data, or says why not; pure
- `log_tail`: the new lines of a log group, each once
- `extractor`: all functions' log groups, on and on
"""
