// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Secrets
import TestSupport
import Testing

/// No error code decides whether a request may be sent once more, only whether bytes of it may have left: the server has
/// read each of these requests whole before it answers nonsense.
@Suite struct OddAnswerTests {
    private static let answers: [(String, [UInt8])] = [
        ("a body without a head, as HTTP/0.9 had it", Array("taken, order 17".utf8)),
        ("a version nobody knows", Array("HTTP/9.9 201 Created\r\nContent-Length: 0\r\n\r\n".utf8)),
        ("a version that was not asked for", Array("HTTP/2 201\r\nContent-Length: 0\r\n\r\n".utf8)),
        ("no version", Array("HTTP/ 201 Created\r\n\r\n".utf8)),
        ("an alert of TLS in plain bytes", [0x15, 3, 3, 0, 2, 2, 42]),
        ("the words of an alert", Array("OpenSSL SSL_read: error:0A000412:SSL routines::bad certificate\r\n\r\n".utf8)),
        ("the words of an alert as status line", Array("HTTP/1.1 error:0A000412:SSL routines::x\r\n\r\n".utf8)),
        ("a length that is none", Array("HTTP/1.1 201 Created\r\nContent-Length: -7\r\n\r\n".utf8)),
        ("half a body", Array("HTTP/1.1 201 Created\r\nContent-Length: 70\r\n\r\n{\"id\": 1".utf8)),
        ("a chunk without a size", Array("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n".utf8)),
        (
            "a chunk beyond all",
            Array("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}".utf8)
        ),
        ("a coding nobody knows", Array("HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\n\r\nnot packed".utf8)),
        ("an informational answer as the last one", Array("HTTP/1.1 102 Processing\r\n\r\n".utf8)),
        ("another protocol", Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n".utf8)),
        ("a status below all", Array("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n".utf8)),
        ("a status above all", Array("HTTP/1.1 600 Beyond\r\nContent-Length: 0\r\n\r\n".utf8)),
        ("a status of three nines", Array("HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n".utf8)),
        ("nothing", []),
    ]

    @Test(arguments: answers.indices, ["POST", "PUT", "DELETE"])
    func isNoAnswerAndNoProof(number: Int, method: String) async throws {
        let (what, bytes) = Self.answers[number]
        let server = try RawServer(bytes)
        let failure = await #expect(throws: HTTPTransportError.self, "\(what)") {
            _ = try await CurlHTTPClient().send(
                HTTPRequest(method: method, url: server.url + "/orders", body: Array("{}".utf8)))
        }
        #expect(server.requests.count == 1)
        #expect(failure?.kind == .unknownOutcome, "\(what): \(failure?.message ?? "")")
        #expect(failure?.mayHaveBeenSent == true)
    }

    /// libcurl forgets a length beyond its integers and would take what has arrived for the whole.
    @Test(arguments: ["18446744073709551616", "9223372036854775807", "33554433", "99999999999999999999999999"])
    func aLengthBeyondAllIsNoAnswer(length: String) async throws {
        let server = try RawServer("HTTP/1.1 201 Created\r\nContent-Length: \(length)\r\n\r\n{\"id\": 1}")
        let failure = await #expect(throws: HTTPTransportError.self) {
            _ = try await CurlHTTPClient().send(HTTPRequest(method: "POST", url: server.url, body: [1]))
        }
        #expect(failure?.kind == .tooLarge && failure?.mayHaveBeenSent == true, "\(failure?.message ?? "")")
    }

    @Test func ordinaryAnswersOfTheSameServerCount() async throws {
        for status in [200, 303, 404, 599] {
            let server = try RawServer("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\nok")
            let answer = try await CurlHTTPClient().send(HTTPRequest(method: "POST", url: server.url, body: [1]))
            #expect(answer.status == status && answer.text == "ok")
        }
    }

    /// libcurl gives the end of the line for a value that is empty.
    @Test(arguments: ["Location:", "Location: ", "Location:\t"]) func anEmptyHeaderIsEmpty(line: String) async throws {
        let server = try RawServer("HTTP/1.1 201 Created\r\n\(line)\r\nContent-Length: 2\r\n\r\nok")
        let answer = try await CurlHTTPClient().send(HTTPRequest(method: "POST", url: server.url, body: [1]))
        #expect(answer.headers["Location"] == "" && answer.text == "ok")
    }

    /// Renegotiation (TLS 1.2) and authentication after the handshake (TLS 1.3): the server asks for the certificate once
    /// it has read the request, and refuses it with the same alert as in a handshake.
    @Test(.timeLimit(.minutes(2)), arguments: ["-tls1_2", "-tls1_3"])
    func aCertificateRefusedAfterTheRequestIsNoProof(version: String) async throws {
        let authority = try await TestAuthority()
        _ = try await authority.issue("IP:127.0.0.1")
        let foreign = try await TestAuthority().issue("email:ra@example.org", file: "foreign")
        let server = try OpenSSLConsole(
            authority, version, "-CAfile", "ca.pem", "-verify_return_error", "-no_resumption_on_reneg")
        defer { server.stop() }
        let tls = TLSOptions(certificateChainPEM: foreign.certificatePEM, privateKeyPEM: foreign.keyPEM)
        let client = CurlHTTPClient(trustAnchorsPEM: authority.certificatePEM)
        let url = "https://127.0.0.1:\(server.port)/"
        let task = Task {
            try await client.send(HTTPRequest(method: "POST", url: url, body: Array("an-order\n".utf8), tls: tls))
        }
        try await server.wait(for: "an-order")
        try server.type(version == "-tls1_2" ? "R" : "c")
        let failure = await #expect(throws: HTTPTransportError.self) { _ = try await task.value }
        #expect(failure?.kind == .unknownOutcome, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("unknown ca") == true)
    }
}
