"""Make or find the secret that a stage hashes addresses with. Used by the data stack (docs/decisions/0061)."""

from aws_cdk import Aws, Fn
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import removal_policy
from pipeline.constructs.functions.function import Function


class AddressSecretStore(Construct):
    """64 letters and digits that CloudFormation makes, once, and that nobody changes.

    Set in stages/*.toml: removal says what becomes of it with the stack, and existing_secret names one
    that is there already.
    """

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self._key = key
        if stage.existing_secret:
            self.arn = stage.existing_secret
            return
        # By the stack's own id: a secret that stayed when its stack went is in no new one's way.
        unique = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            name=f"Ordercast-{stage.name}-address-hashes-{unique}",
            description="What addresses are hashed with. Never changed: no hash would be found again.",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=64, exclude_punctuation=True
            ),
            kms_key_id=key.key_arn,
        )
        secret.apply_removal_policy(removal_policy(stage.removal))
        self.arn = secret.attr_id  # which is its ARN, like Ref; an emulator has a name for Ref

    def let_read(self, function: Function) -> None:
        """Let *function* read the secret."""
        function.allow("secretsmanager:GetSecretValue", on=[self.arn])
        function.allow_key("kms:Decrypt", key=self._key, through="secretsmanager")
