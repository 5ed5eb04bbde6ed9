"""What people may do with a stage: the policies of readers and operators."""
