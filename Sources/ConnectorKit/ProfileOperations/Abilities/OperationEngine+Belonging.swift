// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments
internal import PKIX

/// Holds answers to the order that was asked about. Proxies and caches mix answers up, and what has become of another order
/// must not end ours.
extension OperationEngine {
    /// Sends an operation's request.
    ///
    /// - Throws: also `transient` where the answer is about another order than was asked about.
    func ask(_ operation: Operation, _ context: OperationContext, link: String? = nil) async throws -> OperationAnswer {
        let answer = OperationAnswer(
            try await client.send(operation, context, link: link), by: operation.request.message)
        guard let program = operation.answers, context.order != nil else { return answer }
        let input = context.json(with: answer)
        do {
            let told = try await LongEvaluation.run { () throws(ExpressionError) in try program.evaluate(input) }
            try require(told, toTellOf: context, by: program.keyPath)
        } catch let error as ExpressionError {
            // What is no success is the error table's matter, whatever form it has.
            guard answer.message.isSuccess else { return answer }
            throw UnreadAnswer.error(error, isCreating: false)
        }
        return answer
    }

    /// - Parameters:
    ///   - told: the id of an order, or a certificate in PEM, whose serial number is its id; anything else tells nothing.
    ///   - keyPath: of the program that read it.
    /// - Throws: `transient` where that is another order than the one of `context`; `configuration` where it is the same one, in the
    ///   form of an address.
    func require(_ told: JSONValue, toTellOf context: OperationContext, by keyPath: String) throws(ConnectorError) {
        guard let order = context.order, var id = told.identifier, !id.isEmpty, id != order.caRequestID else { return }
        var known = order.caRequestID
        if id.contains("-----BEGIN CERTIFICATE-----") {
            guard let serialNumber = (try? Certificate.all(pem: id))?.first?.serialNumber.hex else { return }
            id = Self.digits(serialNumber)
            known = Self.digits(known)
        }
        guard id != known else { return }
        let words = "\(keyPath) gives \(SafeText.sentence(id))"
        guard !Self.isPlace(id, of: known), !Self.isPlace(known, of: id) else {
            throw ConnectorError(
                .configuration,
                "\(words) for order \(SafeText.sentence(known)), which is the same with more around it: let every orderID and answers "
                    + "of the connector profile give the same form of an id")
        }
        throw ConnectorError(
            .transient,
            "the CA was asked about order \(SafeText.sentence(order.caRequestID)) and answers about \(SafeText.sentence(id)): "
                + "somebody on the way mixes answers up, or keeps them; nothing is done with it (\(keyPath): where it reads something "
                + "else than the id of an order, the connector profile is wrong there)")
    }

    /// An end is told by an answer that names the order, where the profile says how answers do (`answers`): one that names none may be
    /// about any.
    ///
    /// - Throws: `transient`: the order stays as it is and is asked about again.
    func requireNamed(_ operation: Operation, _ input: JSONValue, _ context: OperationContext) throws {
        guard let order = context.order, let program = operation.answers else { return }
        guard try program.evaluate(input).identifier?.isEmpty ?? true else { return }
        throw ConnectorError(
            .transient,
            "the CA says that an order has ended and does not name it; it was asked about "
                + "\(SafeText.sentence(order.caRequestID)), which stays as it is until an answer names it")
    }

    /// Whether a text is an address that ends with an id: what stands before that is no part of a number or a word.
    private static func isPlace(_ text: String, of id: String) -> Bool {
        !id.isEmpty && (text.hasSuffix("/\(id)") || text.hasSuffix("=\(id)"))
    }

    /// Hexadecimal digits as they can be compared: CAs write serial numbers with and without leading zeros.
    private static func digits(_ serialNumber: String) -> String {
        String(serialNumber.drop { $0 == "0" }).uppercased()
    }
}
