"""Write a seeded history of made-up messages to a local cloud, for the days before today. Used by `ordercast history` and the demo.

- `shops`: the shops, customers and countries that are made up
- `pattern`: how many orders each hour of a day has, and what went wrong when
- `orders`: the orders and their events
- `outcomes`: what receipts say of a message
- `messages`: the ledger row and the receipt log of each message
- `words`: what the messages say, rendered once for each template and language
- `batches`: put items, and metrics, in bulk
- `write`: write all of it
"""
