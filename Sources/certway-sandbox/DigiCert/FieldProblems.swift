// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a request body: all of it, for one answer.
final class FieldProblems {
    private var errors: [(code: String, message: String)] = []

    func missing(_ path: String) {
        errors.append(("missing_field|\(path)", "The field '\(path)' is required."))
    }

    func invalid(_ path: String, _ message: String) { errors.append(("invalid_field|\(path)", message)) }

    func add(_ code: String, _ message: String) { errors.append((code, message)) }

    func throwIfAny() throws(Reply) {
        if !errors.isEmpty { throw DigiCertError.reply(400, errors) }
    }
}
