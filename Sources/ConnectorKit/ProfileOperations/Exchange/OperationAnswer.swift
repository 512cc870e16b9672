// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// An answer of the CA and what the profile's format finds in it: read once, however many programs look at it.
struct OperationAnswer: Sendable {
    let response: HTTPResponse
    let message: MessageAnswer

    init(_ response: HTTPResponse, by format: any MessageTemplate) {
        self.response = response
        message = format.read(response)
    }
}
