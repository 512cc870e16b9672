// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct CMCCodecTests {
    private let vectors: CMCVectors
    init() throws { vectors = try CMCVectors() }

    private func content(_ name: String) throws -> [UInt8] {
        try #require(try SignedMessage(Fixture.bytes("cmc/" + name)).content)
    }

    private func csr(_ name: String) throws -> CertificateSigningRequest {
        try CertificateSigningRequest(der: Fixture.bytes("cmc/\(name).p10.der"))
    }

    private var transaction: CMCTransactionID { CMCTransactionID(UInt64(vectors.document["transactionId"]?.int ?? 0)) }

    /// M1: the same inputs give the same bytes.
    @Test func requestsAreReproducedByteForByte() throws {
        let full = PKIData(
            controls: [
                CMCControl(1, .transactionID(transaction)), CMCControl(2, .senderNonce(vectors.hex("clientNonce"))),
                CMCControl(3, .regInfo(Array((vectors.document["regInfo"]?.string ?? "").utf8))),
            ], requests: [.certificationRequest(bodyPartID: 4, try csr("ee"))])
        #expect(try full.der == Fixture.bytes("cmc/req-full.pkidata.der"))
        let small = PKIData(
            controls: [
                CMCControl(1, .transactionID(CMCTransactionID(7))),
                CMCControl(2, .senderNonce(CMCVectors.bytes(hex: "a1a2a3a4a5a6a7a8"))),
            ], requests: [.certificationRequest(bodyPartID: 3, try csr("ee-p256"))])
        #expect(try small.der == Fixture.bytes("cmc/req-full-p256.pkidata.der"))
    }

    @Test func pollAndConfirmationAreReproducedByteForByte() throws {
        let start = [
            CMCControl(1, .transactionID(transaction)), CMCControl(2, .senderNonce(vectors.hex("clientNonce2"))),
            CMCControl(4, .recipientNonce(vectors.hex("serverNonce"))),
        ]
        let query = PKIData(controls: start + [CMCControl(3, .queryPending(vectors.hex("pendToken")))])
        #expect(try query.der == content("req-query-pending.der"))
        let confirmation = PKIData(
            controls: start + [
                CMCControl(3, .confirmCertAcceptance(IssuerAndSerialNumber(try CMCVectors.certificate("ee")))),
                CMCControl(5, .statusInfoV2(CMCStatus(.success, bodyList: [.id(3)]))),
            ])
        #expect(try confirmation.der == content("req-confirm.der"))
    }

    /// M7: issuer as in the certificate, serial number with its leading zero, ENUMERATED, UTC.
    @Test func revocationIsReproducedByteForByte() throws {
        let certificate = IssuerAndSerialNumber(try CMCVectors.certificate("ee"))
        let start = [
            CMCControl(
                1, .transactionID(CMCTransactionID(UInt64(vectors.document["transactionIdRevoke"]?.int ?? 0)))),
            CMCControl(2, .senderNonce(vectors.hex("clientNonce2"))),
        ]
        let date = try Date("2026-02-01T00:00:00Z", strategy: .iso8601)
        let full = CMCRevokeRequest(certificate, reason: 4, invalidityDate: date, comment: "left the company")
        #expect(
            try PKIData(controls: start + [CMCControl(3, .revokeRequest(full))]).der == content("req-revoke.der"))
        let minimal = CMCRevokeRequest(certificate, reason: 0)
        #expect(
            try PKIData(controls: start + [CMCControl(3, .revokeRequest(minimal))]).der
                == content("req-revoke-minimal.der"))
        let read = try PKIData(content("req-revoke.der"))
        #expect(read.controls.last?.value == .revokeRequest(full))
    }

    /// Everything that is read is written again as it was; a simple response has certificates and no body.
    @Test(arguments: try CMCVectors().all.filter { $0.kind != "ms-eobo" && $0.name != "rsp-simple.der" })
    func everyBodyGoesRoundUnchanged(_ vector: CMCVectors.Vector) throws {
        let content = try #require(SignedMessage(vector.bytes()).content)
        if vector.kind == "request" {
            let body = try PKIData(content)
            #expect(try body.der == content)
            #expect(
                vector.name == "req-duplicate-bodypart.der" || Set(body.bodyPartIDs).count == body.bodyPartIDs.count)
            let tcr = vector.facts["tcr"]?.array?.compactMap(\.int)
            if let tcr { #expect(body.requests.compactMap(\.bodyPartID).map(Int.init) == tcr) }
        } else if vector.name == "rsp-failed-extended.der" {
            // We write extendedFailInfo without the tag, as more readers want it.
            #expect(try PKIResponse(PKIResponse(content).der) == PKIResponse(content))
        } else {
            #expect(try PKIResponse(content).der == content)
        }
    }

    @Test(arguments: try CMCVectors().all.filter { $0.kind == "response" && $0.facts["verify"]?.string != "nosigner" })
    func statusesAreRead(_ vector: CMCVectors.Vector) throws {
        let response = try PKIResponse(content(vector.name))
        let expect = vector.expect
        guard expect["client"] == nil else { return }
        if let parts = expect["perBodyPart"]?.object {
            let found = response.statuses.map { ($0.bodyList, $0.code.rawValue) }
            #expect(found.count == parts.count)
            for (id, code) in parts {
                #expect(found.contains { $0.0 == [.id(UInt32(id) ?? 0)] && $0.1 == code.int })
            }
            return
        }
        if vector.name == "rsp-success-bare.der", response.statuses.isEmpty { return }
        let status = try #require(response.statuses.first { $0.code.rawValue == expect["status"]?.int })
        if let list = expect["bodyList"]?.array {
            #expect(status.bodyList == list.compactMap(\.int).map { .id(UInt32($0)) })
        }
        if let text = expect["statusString"] { #expect(status.text == text.string) }
        switch status.otherInfo {
        case .failInfo(let info): #expect(info.rawValue == expect["failInfo"]?.int)
        case .extendedFailInfo(let type, _): #expect(type == expect["extendedFailInfo"]?.string)
        case .pendInfo(let token, let time):
            #expect(token == CMCVectors.bytes(hex: expect["pendToken"]?.string ?? ""))
            guard let expected = expect["pendTime"]?.string else { return }
            let digits = time.ISO8601Format().filter { $0.isNumber || $0 == "Z" }
            #expect(digits == expected)
        case nil: for key in ["failInfo", "extendedFailInfo", "pendToken"] { #expect(expect[key] == nil) }
        }
    }

    /// M12
    @Test(arguments: [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xB6BC_1838, UInt32.max])
    func bodyPartIDsAreUnsigned32BitNumbers(_ id: UInt32) throws {
        let status = CMCStatus(.success, bodyList: [.id(id), .path([id, 1])])
        let body = PKIResponse(controls: [
            CMCControl(id, .statusInfoV2(status)), CMCControl(1, .statusInfo(CMCStatus(.success, bodyList: [.id(id)]))),
        ])
        #expect(try PKIResponse(body.der) == body)
        let request = PKIData(requests: [.certificationRequest(bodyPartID: id, try csr("ee-p256"))])
        #expect(try PKIData(request.der) == request)
    }

    @Test func numbersOutsideAreRefused() throws {
        // controlSequence with one control whose bodyPartID is 4294967296, then one with -1.
        for id: [UInt8] in [[2, 5, 1, 0, 0, 0, 0], [2, 1, 0xFF]] {
            let control = id + [6, 3, 0x2A, 3, 4, 0x31, 2, 5, 0]
            let body = [0x30, UInt8(control.count)] + control
            let sequence = [0x30, UInt8(body.count)] + body
            let bytes = [0x30, UInt8(sequence.count) + 4] + sequence + [0x30, 0, 0x30, 0]
            #expect(throws: PKIXError(.malformed, "")) { try PKIResponse(bytes) }
        }
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65535, UInt64.max])
    func transactionIDsOfAnySize(_ number: UInt64) throws {
        for id in [CMCTransactionID(number), CMCTransactionID(CMCTransactionID(number).magnitude, isNegative: true)] {
            let body = PKIData(controls: [CMCControl(1, .transactionID(id))])
            #expect(try PKIData(body.der) == body)
            #expect(CMCTransactionID(hex: id.description) == id)
        }
        let long = CMCTransactionID([UInt8](repeating: 0xFF, count: 40))
        let body = PKIData(controls: [CMCControl(1, .transactionID(long))])
        #expect(try PKIData(body.der) == body)
    }

    @Test func everyPartGoesRound() throws {
        let body = PKIData(
            controls: [
                CMCControl(1, .identification("Zürich")), CMCControl(2, .responseInfo([1, 2])),
                CMCControl(3, .other(type: "1.2.3.4", values: [[2, 1, 9], [5, 0]])),
                CMCControl(4, .other(type: "1.3.6.1.5.5.7.7.15", values: [])),
                CMCControl(
                    5,
                    .statusInfoV2(
                        CMCStatus(
                            .failed, bodyList: [.path([1, 2]), .id(7)], text: "nein",
                            otherInfo: .extendedFailInfo(type: "1.2.3", value: [4, 1, 7])))),
                CMCControl(
                    6,
                    .statusInfo(
                        CMCStatus(
                            .pending,
                            otherInfo: .pendInfo(token: [], time: Date(timeIntervalSince1970: 4_102_444_800))))),
                CMCControl(7, .statusInfoV2(CMCStatus(.init(rawValue: 99), otherInfo: .failInfo(.init(rawValue: -5))))),
            ],
            requests: [
                .certificateRequestMessage([[0x30, 0], [5, 0]]),
                .other(bodyPartID: 8, type: "1.2.3.5", value: [1, 1, 0xFF]),
            ], contentInfos: [CMCContentInfo(bodyPartID: 9, contentInfo: try Fixture.bytes("cmc/rsp-simple.der"))],
            otherMessages: [CMCOtherMessage(bodyPartID: 10, type: "1.2.3.6", value: [0x0C, 1, 0x41])])
        #expect(try PKIData(body.der) == body)
        #expect(body.bodyPartIDs == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    @Test func oldStatusCountsOnlyWhereNoNewOneSpeaks() {
        let old = CMCStatus(.success, bodyList: [.id(4)])
        let new = CMCStatus(.failed, bodyList: [.id(4)])
        let other = CMCStatus(.pending, bodyList: [.id(5)])
        #expect(PKIResponse(controls: [CMCControl(1, .statusInfo(old))]).statuses == [old])
        let both = PKIResponse(controls: [
            CMCControl(1, .statusInfo(old)), CMCControl(2, .statusInfo(other)), CMCControl(3, .statusInfoV2(new)),
        ])
        #expect(both.statuses == [new, other])
    }

    @Test func controlsWithoutTheirOneValueAreRefused() throws {
        for type in ["1.3.6.1.5.5.7.7.5", "1.3.6.1.5.5.7.7.25", "1.3.6.1.5.5.7.7.17"] {
            for values: [[UInt8]] in [[], [[2, 1, 1], [2, 1, 2]], [[4, 1, 1]]] {
                let body = PKIData(controls: [CMCControl(1, .other(type: type, values: values))])
                #expect(throws: PKIXError(.malformed, "")) { try PKIData(body.der) }
            }
        }
    }

    @Test func otherBytesAreRefused() throws {
        let body = try Fixture.bytes("cmc/req-full.pkidata.der")
        #expect(throws: PKIXError(.malformed, "")) { try PKIData(body + [0]) }
        #expect(throws: PKIXError(.malformed, "")) { try PKIData(Array(body.dropLast())) }
        #expect(throws: PKIXError(.malformed, "")) { try PKIData([]) }
        #expect(throws: PKIXError(.malformed, "")) { try PKIResponse(body) }
    }

    @Test func readersOfOthersReadWhatWeWrite() async throws {
        let folder = try TemporaryDirectory()
        let big: UInt32 = 0xB6BC_1838
        let body = PKIData(
            controls: [
                CMCControl(1, .transactionID(CMCTransactionID(UInt64.max))), CMCControl(2, .senderNonce([9, 9])),
                CMCControl(big, .regInfo(Array("a=b".utf8))),
            ], requests: [.certificationRequest(bodyPartID: UInt32.max, try csr("ee"))])
        let message = try SignedMessage.sign(
            body.der, contentType: PKIData.contentType, certificate: CMCVectors.certificate("ra"),
            key: CMCVectors.key("ra"))
        let file = try folder.write(message, "message.der")
        let judge = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("cmc-judge.py")
        let said = try await JSONValue(parsing: Tool.run(["/usr/bin/python3", judge.path, file]))
        #expect(said["version"] == 3)
        #expect(said["contentType"]?.string == PKIData.contentType)
        #expect(said["bodyPartIDs"]?.array == [1, 2, .number(Double(big)), .number(Double(UInt32.max))])
        #expect(said["transactionId"]?.string == "18446744073709551615")
        #expect(said["regInfo"]?.string == "a=b")
        #expect(said["proofOfPossession"] == true)
        #expect(said["signature"] == true)
        let parsed = try await Tool.openssl("asn1parse", "-inform", "DER", "-in", folder.write(body.der, "body.der"))
        #expect(parsed.contains("id-cmc-transactionId"))
        #expect(parsed.contains(":B6BC1838"))
    }
}
