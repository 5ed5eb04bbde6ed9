"""What is deployed: a stage's numbers in, CloudFormation out."""
