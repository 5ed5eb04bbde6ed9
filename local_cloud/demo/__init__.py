"""The demo: a day of a made-up shop is played on a local cloud, and four who counted it are compared.

- `shop`: who orders what, made up from a seed
- `day`: what is put on the stream about it, and what the contract promises of each piece
- `play`: the day is put, round by round, while its messages arrive
- `witnesses`: what the carrier, the books and CloudWatch counted
- `accounts`: the four counts side by side, and whether they agree
- `run`, `outcome`, `printed`: all of it in order, what came of it, and how it is shown
"""
