"""What a notification is and every decision about it; pure values in, pure values out."""
