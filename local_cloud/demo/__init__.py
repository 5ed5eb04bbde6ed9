"""Play a day of a made-up shop on a local cloud and compare four independent counts of it. Run by `ordercast demo`.

- `shop`: make up orders from a seed
- `day`: the records to put, and the result that the contract promises for each
- `play`: put the records, round by round, while the messages arrive
- `independent_counts`: count the day by the provider simulator, the rollups and CloudWatch
- `comparison`: compare the four counts
- `run`, `progress`, `outcome`, `report`: run all of it, show how far it is, and print the result
"""
