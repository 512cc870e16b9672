// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX

/// Reads the program's answers; what does not have the form of README.md is an error, never a guess.
struct AnswerReader: Sendable {
    let chains: IssuedChainReader
    let exchange: CAExchange
    var mask: SecretMask { exchange.mask }

    /// One bounded line for people, without secrets.
    func sentence(_ value: JSONValue?) -> String? {
        let text = SafeText.sentence(mask.masking(value?.identifier ?? ""))
        return text.isEmpty ? nil : text
    }

    /// The error the program reports; nil when it reports none.
    ///
    /// - Parameter isCreating: a program that does not say which kind of failure it met may have placed the order.
    func error(_ answer: JSONValue, isCreating: Bool = false) -> ConnectorError? {
        guard let error = answer["error"] else { return nil }
        let kind =
            error["kind"]?.string.flatMap(ConnectorError.Kind.init) ?? (isCreating ? .outcomeUnknown : .configuration)
        return ConnectorError(
            kind, sentence(error["message"]) ?? "the program reports an error without a message",
            detail: error["detail"]?.string.map { SafeText.excerpt(mask.masking($0)) },
            retryAfter: seconds(error["retryAfter"]))
    }

    func outcome(
        _ answer: JSONValue, for request: CertificateRequest, order known: CAOrder? = nil, isCreating: Bool = false
    ) throws -> EnrollmentOutcome {
        if let rejected = answer["rejected"] {
            return .rejected(
                OrderRejection(
                    kind: rejected["kind"]?.string.flatMap(OrderRejection.Kind.init) ?? .rejected,
                    order: order(rejected, known),
                    reason: sentence(rejected["reason"]) ?? "the CA gives no reason"))
        }
        guard let taken = answer["issued"] ?? answer["pending"], let order = order(taken, known) else {
            throw unfit("issued, pending or rejected with orderID", answer, isCreating: isCreating)
        }
        if let pending = answer["pending"] {
            return .pending(
                PendingOrder(
                    order: order,
                    waitingFor: pending["waitingFor"]?.string.flatMap(PendingOrder.Party.init) ?? .certificateAuthority,
                    retryAfter: seconds(pending["retryAfter"]),
                    detail: sentence(pending["detail"])))
        }
        do {
            let chain = try chains.chain(taken["chain"] ?? .null, for: request.csr.publicKey)
            return .issued(IssuedCertificate(certificateChain: chain, order: order))
        } catch  where isCreating {
            return try exchange.taken(order, error, step: "the program's answer is not understood")
        } catch {
            throw misanswered("\(error)", answer)
        }
    }

    func account(_ answer: JSONValue) throws -> AccountReport {
        guard let account = answer["account"], let name = sentence(account["name"]) else {
            throw unfit("account with name", answer)
        }
        let facts = (account["facts"]?.object ?? [:]).sorted { $0.key < $1.key }
        return AccountReport(
            account: name, facts: facts.compactMap { key, value in sentence(value).map { (key, $0) } },
            warnings: (account["warnings"]?.array ?? []).compactMap { sentence($0) },
            issuers: try issuers(account["issuers"] ?? .null, answer))
    }

    private func issuers(_ value: JSONValue, _ answer: JSONValue) throws -> [Certificate] {
        do {
            return try IssuedChainReader.certificates(value)
        } catch {
            throw unfit("account with issuers in PEM", answer)
        }
    }

    func products(_ answer: JSONValue) throws -> [CAProduct] {
        guard let list = answer["products"]?["list"]?.array else { throw unfit("products with list", answer) }
        return list.compactMap { product in
            product["id"]?.identifier.map { id in
                CAProduct(
                    id: id, title: sentence(product["title"]) ?? id,
                    details: (product["details"]?.object ?? [:]).compactMapValues { sentence($0) })
            }
        }
    }

    func page(_ answer: JSONValue) throws -> InventoryPage {
        guard let entries = answer["page"]?["entries"]?.array else { throw unfit("page with entries", answer) }
        return InventoryPage(
            entries: try entries.map { entry in
                guard let order = order(entry, nil) else { throw unfit("orderID in each entry", entry) }
                return InventoryEntry(
                    order: order, status: sentence(entry["status"]) ?? "", product: entry["product"]?.identifier,
                    commonName: sentence(entry["commonName"]),
                    serialNumber: entry["serialNumber"]?.string?.uppercased(),
                    validTill: sentence(entry["validTill"]))
            }, next: answer["page"]?["next"]?.identifier)
    }

    func addresses(_ answer: JSONValue) throws -> [AddressValidation] {
        guard let list = answer["addresses"]?["list"]?.array else { throw unfit("addresses with list", answer) }
        return list.compactMap { entry in
            entry["address"]?.string.map { address in
                AddressValidation(
                    address: address, isValidated: entry["isValidated"]?.bool ?? false,
                    lastMailed: sentence(entry["lastMailed"]))
            }
        }
    }

    /// - Throws: unless the answer has that member.
    func expect(_ member: String, in answer: JSONValue) throws {
        guard answer[member] != nil else { throw unfit(member, answer) }
    }

    private func seconds(_ value: JSONValue?) -> Duration? { value?.number.flatMap(Duration.init(asked:)) }

    private func order(_ value: JSONValue, _ known: CAOrder?) -> CAOrder? {
        guard let id = value["orderID"]?.identifier ?? known?.caRequestID, !id.isEmpty else { return nil }
        let identifiers = (value["identifiers"]?.object ?? [:]).compactMapValues(\.identifier)
        return CAOrder(
            caRequestID: id, identifiers: (known?.identifiers ?? [:]).merging(identifiers) { _, new in new })
    }

    private func unfit(_ expected: String, _ answer: JSONValue, isCreating: Bool = false) -> ConnectorError {
        let found = (answer.object ?? [:]).keys.filter { $0 != "call" }.sorted()
        return misanswered(
            "expected \(expected), found \(found.isEmpty ? "nothing" : SafeText.sentence(found.joined(separator: ", ")))",
            answer, isCreating: isCreating)
    }

    /// The program's own mistake; an order that it may have placed is in doubt all the same.
    private func misanswered(_ what: String, _ answer: JSONValue, isCreating: Bool = false) -> ConnectorError {
        let cause = ProgramFailure(
            cause: .misanswered, message: "the program's answer is not understood: \(what)",
            detail: SafeText.excerpt(mask.masking(answer.text)))
        return ConnectorError(cause.kind(isCreating: isCreating), cause.message, detail: cause.detail)
    }
}
