"""Make an encrypted topic that refuses callers without TLS. Used by the stacks."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from pipeline.constructs.functions.function import Function


class EncryptedTopic(Construct):
    """A topic with a policy of its own: the default one is open to the whole account.

    *topic_name* is for one that stacks in another Region subscribe to; others get theirs from CloudFormation.
    """

    def __init__(
        self, scope: Construct, name: str, *, key: kms.IKey, topic_name: str | None = None
    ) -> None:
        super().__init__(scope, name)
        self._key = key
        self.topic = sns.Topic(
            self, "EncryptedTopic", topic_name=topic_name, master_key=key, enforce_ssl=True
        )

    def let_publish(self, function: Function) -> None:
        """Let *function* publish, in batches too (they are the same action)."""
        function.allow("sns:Publish", on=[self.topic.topic_arn])
        function.allow_key("kms:Decrypt", "kms:GenerateDataKey", key=self._key, through="sns")
