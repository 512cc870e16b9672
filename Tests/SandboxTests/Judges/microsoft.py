# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft's own clients against the tenant over TLS, as they are published: msal, azure-identity, msgraph-beta-sdk.

They know no address but Microsoft's own: a proxy leads those names to the sandbox, and the root is trusted by the usual variables.
"""
import asyncio
import base64
import datetime
import pathlib

from common import *
from microsoft_proxy import SANDBOX, proxy, reached

AUTHORITY = "https://login.microsoftonline.com/" + TENANT["id"]
SCOPE = "https://graph.microsoft.com/.default"
PEOPLE = 25

os.environ["HTTPS_PROXY"] = proxy()

import msal
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated.device_management.user_pfx_certificates.user_pfx_certificates_request_builder import (
    UserPfxCertificatesRequestBuilder)
from msgraph_beta.generated.groups.delta.delta_request_builder import DeltaRequestBuilder as GroupsDelta
from msgraph_beta.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import (
    GraphUserRequestBuilder)
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.user import User
from msgraph_beta.generated.models.user_p_f_x_certificate import UserPFXCertificate
from msgraph_beta.generated.models.user_pfx_intended_purpose import UserPfxIntendedPurpose
from msgraph_beta.generated.models.user_pfx_padding_scheme import UserPfxPaddingScheme
from msgraph_beta.generated.users.delta.delta_request_builder import DeltaRequestBuilder as UsersDelta
from msgraph_beta.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import PageIterator
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent

# --- msal ---
secret, pem = TENANT["clientSecret"], TENANT["certificate"]
thumbprint = x509.load_pem_x509_certificate(pem["certificatePEM"].encode()).fingerprint(hashes.SHA1()).hex()
key = {"private_key": pem["privateKeyPEM"]}


def application(credential, **others):
    return msal.ConfidentialClientApplication(
        TENANT["clientID"], client_credential=credential, **{"authority": AUTHORITY, **others})


def signed_in(credential, **others):
    answer = application(credential, **others).acquire_token_for_client([SCOPE])
    check("access_token" in answer, f"msal {others}: {answer}")


signed_in(secret)
signed_in({**key, "thumbprint": thumbprint})
signed_in({**key, "public_certificate": pem["certificatePEM"]})
signed_in({**key, "thumbprint": thumbprint, "public_certificate": pem["certificatePEM"]})
signed_in(secret, authority="https://login.microsoftonline.com/sandbox.example")
wrong = application("wrong").acquire_token_for_client([SCOPE])
equal((wrong["error"], wrong["error_codes"]), ("invalid_client", [7000215]), "msal reads the refusal")
stranger = {"private_key": rsa_key().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()}
wrong = application({**stranger, "thumbprint": thumbprint}).acquire_token_for_client([SCOPE])
equal(wrong["error_codes"], [700027], "another key")
kept = application(secret)
first = kept.acquire_token_for_client([SCOPE])["access_token"]
equal(kept.acquire_token_for_client([SCOPE])["access_token"], first, "msal keeps its token")

# The sandbox's own address: a cloud that Microsoft's does not know, unless it is asked itself, or nobody.
own = f"{TENANT['login']}/{TENANT['id']}"
signed_in(secret, authority=own, instance_discovery=False)
signed_in(secret, authority=None, oidc_authority=own + "/v2.0")
try:
    application(secret, authority=own)
    check(False, "Microsoft's cloud must not know the sandbox")
except ValueError as refusal:
    check("invalid_instance" in str(refusal), f"msal: {refusal}")
try:
    application(secret, authority="https://login.microsoftonline.com/" + str(uuid.uuid4()))
    check(False, "an unknown tenant has no configuration")
except ValueError as refusal:
    check("AADSTS90002" in str(refusal) or "tenant" in str(refusal), f"msal: {refusal}")
for host, status in (("login.microsoftonline.com", 200), (SANDBOX.hostname, 200), ("login.elsewhere.example", 400)):
    answer = requests.get(TENANT["login"] + "/common/discovery/instance", timeout=TIMEOUT, params={
        "api-version": "1.1", "authorization_endpoint": f"https://{host}/{TENANT['id']}/oauth2/v2.0/authorize"})
    equal(answer.status_code, status, f"instance discovery of {host}: {answer.text}")
    if status == 200:
        check(requests.get(answer.json()["tenant_discovery_endpoint"], timeout=TIMEOUT).json()["issuer"].endswith(
            f"/{TENANT['id']}/v2.0"), "the tenant's configuration")

# --- azure-identity ---
arguments = {"tenant_id": TENANT["id"], "client_id": TENANT["clientID"]}
both = (pem["certificatePEM"] + pem["privateKeyPEM"]).encode()
by_secret = ClientSecretCredential(client_secret=secret, **arguments)
by_certificate = CertificateCredential(certificate_data=both, **arguments)
by_chain = CertificateCredential(certificate_data=both, send_certificate_chain=True, **arguments)
elsewhere = ClientSecretCredential(
    client_secret=secret, authority=SANDBOX.netloc, disable_instance_discovery=True, **arguments)
for credential in (by_secret, by_certificate, by_chain, elsewhere):
    check(credential.get_token(SCOPE).token, "azure-identity")
try:
    ClientSecretCredential(client_secret="wrong", **arguments).get_token(SCOPE)
    check(False, "a wrong secret")
except ClientAuthenticationError as refusal:
    check("AADSTS7000215" in str(refusal), f"azure-identity: {refusal}")


# --- msgraph-beta-sdk ---
def asking(parameters, headers=None):
    collection = HeadersCollection()
    for name, value in (headers or {}).items():
        collection.add(name, value)
    return RequestConfiguration(query_parameters=parameters, headers=collection)


async def everything(graph, page):
    found = []
    await PageIterator(page, graph.request_adapter).iterate(lambda item: found.append(item) or True)
    return found


async def round_of(builder, answer):
    """All values of a delta round, and its link."""
    found = []
    while True:
        found += answer.value
        if answer.odata_delta_link:
            return found, answer.odata_delta_link
        answer = await builder.with_url(answer.odata_next_link).get()


async def refused(action, status, words):
    try:
        await action
        check(False, f"must be refused: {words}")
    except ODataError as error:
        equal(error.response_status_code, status, words)
        check(words in error.error.message, f"{words}: {error.error.message}")


async def directory():
    graph = GraphServiceClient(by_certificate, [SCOPE])
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=10, select=["id", "mail", "displayName"])
    people = await everything(graph, await graph.users.get(asking(parameters)))
    equal(len({person.id for person in people}), PEOPLE, "people over pages")
    check(all(person.mail for person in people), "addresses")
    smime, nested = TENANT["groups"]["smime"], TENANT["groups"]["nested"]
    groups = await everything(graph, await graph.groups.get())
    check({smime, nested} <= {group.id for group in groups}, "groups")
    parameters = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(top=7, count=True)
    members = graph.groups.by_group_id(nested).transitive_members.graph_user
    advanced = {"ConsistencyLevel": "eventual"}
    answer = await members.get(asking(parameters, advanced))
    equal(answer.odata_count, PEOPLE, "count")
    found = list(answer.value)
    while answer.odata_next_link:
        answer = await members.with_url(answer.odata_next_link).get(asking(None, advanced))
        found += answer.value
    equal({member.id for member in found}, {person.id for person in people}, "through nested groups")

    # Both deltas, and what changes between two rounds.
    users, teams = graph.users.delta, graph.groups.delta
    parameters = UsersDelta.DeltaRequestBuilderGetQueryParameters(select=["displayName", "mail", "accountEnabled"])
    known, link = await round_of(users, await users.get(asking(parameters)))
    equal(len(known), PEOPLE, "the first round")
    parameters = GroupsDelta.DeltaRequestBuilderGetQueryParameters(select=["displayName", "members"])
    known, groups_link = await round_of(teams, await teams.get(asking(parameters)))
    check(smime in {group.id for group in known}, "groups of the first round")
    check(link.startswith("https://graph.microsoft.com/beta/users/delta?"), f"links lead back: {link}")
    # Whoever comes from the premises cannot be changed here.
    synced = [person.id for person in people if (await graph.users.by_user_id(person.id).get(asking(
        UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(select=["onPremisesSyncEnabled"]))))
        .on_premises_sync_enabled]
    person = next(person for person in people if person.id not in synced)
    await refused(graph.users.by_user_id(person.id).patch(User(display_name="X")), 403, "Insufficient privileges")
    control("tenant", {"roles": ["User.ReadWrite.All", "GroupMember.Read.All", "OrgContact.Read.All",
                                 "DeviceManagementConfiguration.ReadWrite.All"]})
    graph = GraphServiceClient(CertificateCredential(certificate_data=both, **arguments), [SCOPE])
    one = graph.users.by_user_id(person.id)
    check(synced and len(synced) < PEOPLE, "some come from the premises")
    await refused(graph.users.by_user_id(synced[0]).patch(User(display_name="X")), 400, "on-premises mastered")
    await refused(one.patch(User(proxy_addresses=["SMTP:x@sandbox.example"])), 400, "read-only")
    taken = next(other for other in people if other.id not in (person.id, *synced))
    name = (await graph.users.by_user_id(taken.id).get()).user_principal_name
    await refused(one.patch(User(display_name="X", user_principal_name=name)), 400, "already exists")
    equal((await one.get()).display_name, person.display_name, "nothing of a refused change stays")
    await one.patch(User(display_name="Neuer Name", mail="neu.er@sandbox.example", account_enabled=False))
    changed, link = await round_of(graph.users.delta, await graph.users.delta.with_url(link).get())
    equal([(c.id, c.display_name, c.mail, c.account_enabled) for c in changed],
          [(person.id, "Neuer Name", "neu.er@sandbox.example", False)], "the change in the next round")
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(select=["proxyAddresses"])
    addresses = (await one.get(asking(parameters))).proxy_addresses
    check("SMTP:neu.er@sandbox.example" in addresses and "smtp:" + person.mail in addresses, f"addresses {addresses}")
    control("people", {"action": "leave", "person": person.id})
    moved, _ = await round_of(graph.groups.delta, await graph.groups.delta.with_url(groups_link).get())
    gone = [member for group in moved if group.id == smime for member in group.additional_data["members@delta"]]
    equal([str(member["id"]) for member in gone], [person.id], f"who left: {gone}")
    control("people", {"action": "delete", "person": person.id})
    deleted = await graph.directory.deleted_items.graph_user.get()
    equal([item.id for item in deleted.value], [person.id], "deleted items")
    await refused(one.get(), 404, "does not exist")

    # One batch: by the SDK's own addresses, which are whole ones, and by ids of its own.
    batch = BatchRequestContent()
    parts = (graph.users.by_user_id(taken.id), one, graph.groups.by_group_id(smime))
    for part in parts:
        batch.add_request_information(part.to_get_request_information())
    there, gone, group = batch.requests
    answers = await BatchRequestBuilder(graph.request_adapter).post(batch)
    equal({name: item.status for name, item in answers.responses.items()}, {there: 200, gone: 404, group: 200}, "batch")
    # msgraph-core 1.5.2 itself drops a body that is an object, which Graph's are: judge `tenant` looks at those.
    equal(answers.get_response_by_id(there).content_type, "application/json", "type of the batch's body")


async def imported_pfx():
    graph = GraphServiceClient(by_secret, [SCOPE])
    body = json.loads((pathlib.Path(os.environ["CERTWAY_FIXTURES"]) / "intune/post-body.json").read_text())
    control("people", {"action": "add", "properties": {"userPrincipalName": body["userPrincipalName"]}})
    entity = UserPFXCertificate(
        encrypted_pfx_blob=base64.b64decode(body["encryptedPfxBlob"]), encrypted_pfx_password=body["encryptedPfxPassword"],
        expiration_date_time=datetime.datetime.fromisoformat(body["expirationDateTime"].replace("Z", "+00:00")),
        intended_purpose=UserPfxIntendedPurpose(body["intendedPurpose"]), key_name=body["keyName"], padding_scheme=UserPfxPaddingScheme(body["paddingScheme"]),
        provider_name=body["providerName"], thumbprint=body["thumbprint"],
        start_date_time=datetime.datetime.fromisoformat(body["startDateTime"].replace("Z", "+00:00")),
        user_principal_name=body["userPrincipalName"])
    store = graph.device_management.user_pfx_certificates
    made = await store.post(entity)
    equal(made.thumbprint, body["thumbprint"], "created")
    equal(control("pfx")["pfx"][0]["encryptedPfxBlob"], body["encryptedPfxBlob"], "the blob as it was given")
    await refused(store.post(entity), 409, "Activity ID")
    parameters = UserPfxCertificatesRequestBuilder.UserPfxCertificatesRequestBuilderGetQueryParameters(
        filter=f"tolower(userPrincipalName) eq '{body['userPrincipalName'].lower()}'")
    equal([item.id for item in (await store.get(asking(parameters))).value], [made.id], "found by name")
    one = store.by_user_p_f_x_certificate_id(made.id)
    equal((await one.get()).padding_scheme, entity.padding_scheme, "read back")
    await one.delete()
    equal(control("pfx")["pfx"], [], "deleted")


asyncio.run(directory())
asyncio.run(imported_pfx())
equal(reached, {"login.microsoftonline.com:443", "graph.microsoft.com:443", SANDBOX.netloc}, "whom the clients asked")
