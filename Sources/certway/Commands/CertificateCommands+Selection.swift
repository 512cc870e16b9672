// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import Ledger
import PKIX
import YAMLDocuments

extension CertificateCommands {
    static let manyArgument = Argument(
        "CERTIFICATE",
        "serial number or fingerprint, reference of an order, or user principal name for all of a person; none with options "
            + "that select many", optional: true)

    static let selectionOptions: [CommandInterface.Option] = [
        .value("backend-ca", "NAME", "many: of this backend CA"),
        .value("template", "NAME", "many: of this template"),
        .value("product", "ID", "many: ordered as this CA product"),
        .value("issuer", "TEXT", "many: with this in the issuer's name"),
        .value("issued-before", "DAY", "many: valid from before this day, such as 2026-07-01"),
        .value("issued-after", "DAY", "many: valid from this day on"),
        .value("serial-file", "FILE", "many: serial numbers, one a line; - for standard input"),
        .choice(
            "missing", CertificateField.allCases.map(\.rawValue), "many: without this in the certificate"),
    ]

    /// What the command line selects.
    static func selection(_ invocation: Invocation) throws -> CertificateSelection {
        var selection = CertificateSelection()
        selection.words = invocation.allWords("CERTIFICATE")
        selection.backendCA = invocation.value("backend-ca")
        selection.template = invocation.value("template")
        selection.product = invocation.value("product")
        selection.issuer = invocation.value("issuer")
        selection.issuedBefore = try invocation.moment("issued-before")
        selection.issuedAfter = try invocation.moment("issued-after")
        selection.missing = invocation.value("missing").flatMap(CertificateField.init)
        if let file = invocation.value("serial-file") {
            selection.serialNumbers = try InputFile(file).lines()
            if let wrong = selection.serialNumbers?.first(where: { SerialNumber(hex: $0) == nil }) {
                throw UsageError(
                    "--serial-file \(file): found \"\(wrong.prefix(60))\", expected a serial number in hexadecimal in each line",
                    path: invocation.path)
            }
            guard selection.serialNumbers?.isEmpty == false else {
                throw UsageError("--serial-file \(file) names no serial number", path: invocation.path)
            }
        }
        guard !selection.isEmpty else {
            throw UsageError("CERTIFICATE is missing: \(manyArgument.help)", path: invocation.path)
        }
        return selection
    }

    static func sentence(_ option: String, _ invocation: Invocation) throws -> String {
        let words = (invocation.value(option) ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty, words.count <= 500 else {
            throw UsageError(
                "--\(option) has \(words.count) characters, 1 to 500 are expected: say why, for whoever reads the record",
                path: invocation.path)
        }
        return words
    }
}
