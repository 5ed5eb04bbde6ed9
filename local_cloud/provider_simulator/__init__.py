"""The carrier, a simulation of SES and of SNS text messages: provider calls come in, receipts go out.

It stands at the providers' endpoints, so that it sees what is really sent, and sends nothing to
anybody. What it takes is kept in the inbox; what became of it is told by receipts in AWS's shapes,
which the table in `fates` decides.

- `email`, `text_message`: a provider call is read and checked as the provider would
- `on_demand`: which error a call is answered with, by its recipient, for whoever asks for one
- `fates`: what becomes of a message, by its address
- `bills`: what the carrier asks for each message, and whether it brought it
- `ses_events`, `sms_delivery_logs`: the receipts' documents
- `receipts`: receipts are delivered when they are due, however often that takes
- `upstream`: everything that the local cloud itself is asked
- `server`: the HTTP of it; what the carrier does not answer itself is passed on unchanged
"""
