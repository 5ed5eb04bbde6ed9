"""Simulate SES, and text messages of SNS and End User Messaging: keep what is sent, send it to nobody, answer with receipts. Run by `services`.

The simulator listens at the providers' endpoints, so it sees what is really sent.

- `server`: HTTP; calls that are not for SES or SMS are forwarded to the emulator unchanged
- `api`: accept or refuse a call, keep the message, schedule its receipts
- `email`, `text_message`: read and check a call as the provider would
- `errors`: the errors that a recipient can ask for
- `faults`: what fails while it runs, by provider and Region
- `outcomes_and_delays`: which receipts a message gets, and when, by its recipient
- `recipients`: the recipients that have a scenario
- `charges`: what the simulated provider charges for each message
- `ses_events`, `sms_delivery_logs`: the documents of the receipts
- `receipts`: deliver receipts when they are due
- `emulator_client`: the calls to the emulator
"""
