// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import ProfileOperations
import YAMLDocuments

/// JSON over HTTP: requests with a method and a path, answers that jq reads.
public struct JSONFormat: MessageFormat {
    private let library: ExpressionLibrary
    private let secrets: [String]

    public init(_ reading: ProfileReading) { (library, secrets) = (reading.library, reading.secretSettings) }

    public func message(_ request: MappingReader, of operation: MappingReader?) -> any MessageTemplate {
        if request.has("json"), request.has("form") { request.add("form", "either json or form") }
        if request.has("hmac"), !request.has("json") { request.add("hmac", "it is made of json, which is missing") }
        if request.has("json") {
            let authentication = request.mapping("hmac").flatMap { BodyAuthentication($0, secrets: secrets) }
            return JSONMessage(
                body: request.program("json", library).map { .json($0) }, authentication: authentication)
        }
        return JSONMessage(body: request.program("form", library).map { .form($0) })
    }

    public static let answerMembers = "`.json` (or `.body` for other text)"

    public static let examples = [
        "settings": "\n  apiKey: {type: secret, title: API key, help: from the CA's portal}",
        "prepare": "\n  policy: {request: {method: GET, path: /policy}, value: .json, lifetime: 1h}",
        "login": "\n  headers: {X-Api-Key: \"${ .settings.apiKey }\"}",
        "operations": """

          check:
            request: {method: GET, path: /account}
            outcomes:
              - {when: '.status == 200', account: {name: '.json.name'}}
          enroll:
            # needs: [policy]
            request: {method: POST, path: /orders, json: '{csr: .request.csr.pem, note: .request.reference}'}
            outcomes:
              - {when: '.json.chain', issued: {chain: '[.json.chain[].pem]', orderID: '.json.id'}}
              - {when: '.status == 201', pending: {orderID: '.json.id', waitingFor: subscriber, retryAfter: 15m}}
          poll:
            request: {method: GET, path: "/orders/${ .order.caRequestID }"}
            answers: .json.id
            outcomes:
              - {when: '.json.status == "issued"', issued: {chain: '[.json.chain[].pem]'}}
              - {when: '.json.status == "pending"', pending: {waitingFor: subscriber}}
          # Each further operation the CA has is one more ability. Delete what it has not.
          # renew: {like: enroll}
          # listProducts:
          #   request: {method: GET, path: /products}
          #   outcomes: [{when: '.status == 200', products: {list: '[.json[] | {id, title: .name}]'}}]
          # findByReference:
          #   request: {method: GET, path: /orders, query: '{note: .request.reference, page: (.cursor // "1")}'}
          #   outcomes:
          #     - when: '.status == 200 and (.json.total | type == "number")'
          #       candidates:
          #         list: '[.json.orders[].id]'
          #         about: '.request.names.emails[0] as $address | [.json.orders[].email | same_address($address)]'
          #         next: 'if (.json.orders | length) < 100 then null else (.cursor // "1" | tonumber) + 1 end'
          #   # A note that is missing or cut gives null: false would be a proof, on which the order is placed again.
          #   match: '.request.reference as $reference | .json.note | same_reference($reference)'
          # cancel:
          #   request: {method: PUT, path: "/orders/${ .order.caRequestID }/cancel", json: '{note}'}
          #   outcomes: [{when: '.status < 300', done: {}}]
          # validationState:
          #   request: {method: GET, path: "/orders/${ .order.caRequestID }/addresses"}
          #   outcomes: [{when: '.status == 200', addresses: {list: '[.json[] | {address: .email, isValidated: .done}]'}}]
          # resendValidation:
          #   request: {method: POST, path: "/orders/${ .order.caRequestID }/mails"}
          #   outcomes: [{when: '.status < 300', done: {}}]
          # revoke:
          #   request: {method: POST, path: "/certificates/${ .revocation.serialNumber }/revoke", json: '{reason: .revocation.reason}'}
          #   outcomes: [{when: '.status < 300', revoked: {}}]
          # inventory:
          #   request: {method: GET, path: /orders, query: '{page: (.cursor // "1")}'}
          #   outcomes:
          #     - when: '.status == 200'
          #       page:
          #         entries: '[.json.orders[] | {orderID: .id, status, serialNumber: .serial, validTill: .expires}]'
          #         next: 'if (.json.orders | length) < 100 then null else (.cursor // "1" | tonumber) + 1 end'
        """,
        "errors": "[{when: '.status == 402', kind: configuration, message: '.json.description'}]",
    ]

    public static let profileKeys: [ProfileKey] =
        [
            ProfileKey("login.token", "mapping", "A login call whose token further requests carry, such as OAuth2."),
            ProfileKey(
                "login.token.request", "mapping", isRequired: true,
                "The call, described like an operation's request; both bodies stay out of every trace."),
            ProfileKey(
                "login.token.request.addressFrom", "text",
                "Text setting without default that holds the address, where logins go to another host."),
        ] + request("login.token.request") + [
            ProfileKey("login.token.token", "jq", isRequired: true, "The token in the answer."),
            ProfileKey("login.token.expiresIn", "jq", "Its lifetime in seconds, as the answer tells."),
            ProfileKey("login.token.lifetime", "duration", "Its lifetime, where the answer does not tell."),
            ProfileKey("login.token.header", "text", "Header that carries it; Authorization when left out."),
            ProfileKey(
                "login.token.value", "text with holes", "The header's value; `Bearer ${ .token }` when left out."),
        ] + request("operations.*.request", isPathRequired: true)

    private static func request(_ path: String, isPathRequired: Bool = false) -> [ProfileKey] {
        [
            ProfileKey(
                "\(path).method", "word", isRequired: true, "Method of the request.", words: ProfileReading.methods),
            ProfileKey(
                "\(path).path", "text with holes", isRequired: isPathRequired,
                "Path below the endpoint; what holes give is percent-encoded."),
            ProfileKey("\(path).headers", "mapping of header to text with holes", "Further headers."),
            ProfileKey("\(path).query", "jq", "Object of query values; null is left out, a list repeats the name."),
            ProfileKey(
                "\(path).json", "jq",
                "The body as JSON; members that are null are left out, and `{\"$number\": text}` is a number of exactly these digits."
            ),
            ProfileKey(
                "\(path).hmac", "mapping",
                "Wraps the JSON: the body is an object with its bytes and their HMAC-SHA-256, both in base64."),
            ProfileKey(
                "\(path).hmac.key", "text", isRequired: true, "Secret setting with the key in hexadecimal."),
            ProfileKey("\(path).hmac.request", "text", "Member with the bytes; request when left out."),
            ProfileKey("\(path).hmac.token", "text", "Member with the HMAC; token when left out."),
            ProfileKey("\(path).form", "jq", "The body as a form, described like query."),
            ProfileKey("\(path).timeout", "duration", "Bound for this exchange."),
        ]
    }
}
