// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Secrets

/// One exchange as a trace shows it: every secret of the request is replaced by `•••`, bodies are cut after that.
public struct HTTPTraceEntry: Sendable {
    public let method: String
    public let url: String
    public let requestHeaders: [(name: String, value: String)]
    /// Start of the request body; nil without one, `•••` for a confidential exchange.
    public let requestBody: String?
    /// The answer's status; nil when none came.
    public let status: Int?
    public let responseHeaders: [(name: String, value: String)]
    /// Start of the answer's body, like `requestBody`.
    public let responseBody: String?
    /// The transport's error, if there was no answer.
    public let error: String?
    public let duration: Duration

    /// Header lines that carry credentials whatever their value is.
    private static let credentialHeaders: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie",
    ]
    /// All that is shown of the header lines of a confidential exchange: a login may hand out its token in any line.
    private static let harmlessHeaders: Set<String> = [
        "accept", "allow", "cache-control", "connection", "content-encoding", "content-length", "content-type", "date",
        "retry-after", "server", "transfer-encoding", "www-authenticate",
    ]
    /// In bytes.
    private static let maximumBodyLength = 4096

    init(_ request: HTTPRequest, _ result: Result<HTTPResponse, HTTPTransportError>, duration: Duration) {
        let mask = SecretMask(request.secrets + (request.authentication?.secrets ?? []))
        func headers(_ lines: [(name: String, value: String)]) -> [(name: String, value: String)] {
            lines.map { name, value in
                let key = name.lowercased()
                let isHidden =
                    Self.credentialHeaders.contains(key)
                    || request.isConfidential && !Self.harmlessHeaders.contains(key)
                return (name, isHidden ? SecretMask.replacement : mask.masking(value))
            }
        }
        func body(_ bytes: [UInt8]) -> String {
            if request.isConfidential { return SecretMask.replacement }
            // Masked before it is cut, so that no half of a secret stays at the end.
            let (text, isWhole) = mask.masking(bytes, upTo: Self.maximumBodyLength)
            return isWhole ? text : "\(text)… (\(bytes.count) bytes)"
        }
        let response = try? result.get()
        method = request.method
        url = mask.masking(request.url)
        requestHeaders = headers(request.headers)
        requestBody = request.body.map(body)
        status = response?.status
        responseHeaders = headers(response?.headers.lines ?? [])
        responseBody = response.map { body($0.body) }
        if case .failure(let failure) = result { error = mask.masking(failure.message) } else { error = nil }
        self.duration = duration
    }
}
