// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a WSDL says, as data: the same table is served, holds requests to it and names what answers contain.
struct SOAPContract: Sendable {
    struct Operation: Sendable {
        let name: String
        let input: [SOAPField]
        let output: [SOAPField]

        /// The fields as `SOAPField` reads them.
        init(_ name: String, _ input: String, returns output: String) {
            self.name = name
            self.input = SOAPField.all(input)
            self.output = SOAPField.all(output)
        }
    }

    let service: String
    let port: String
    let namespace: String
    /// Whether elements below the outermost ones are in the namespace.
    let isQualified: Bool
    let versions: [SOAPVersion]
    /// In front of the operation's name in the action; nil: every action is empty.
    let actionPrefix: String?
    /// Words by the name of their type.
    var enumerations: [String: [String]] = [:]
    /// Complex types, in the order in which the WSDL shows them.
    let types: [(name: String, fields: [SOAPField])]
    let faults: [(name: String, fields: [SOAPField])]
    let operations: [Operation]

    func operation(_ name: String) -> Operation? { operations.first { $0.name == name } }

    func action(of operation: String) -> String { actionPrefix.map { $0 + operation } ?? "" }

    func fields(ofType name: String) -> [SOAPField]? { types.first { $0.name == name }?.fields }
}
