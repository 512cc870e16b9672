// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL

/// The body of a full PKI response (RFC 5272 §4.2); what the server signs. Certificates travel in the message around it.
public struct PKIResponse: Sendable, Hashable {
    /// id-cct-PKIResponse.
    public static let contentType = "1.3.6.1.5.5.7.12.3"

    public var controls: [CMCControl]
    public var contentInfos: [CMCContentInfo]
    public var otherMessages: [CMCOtherMessage]

    public init(
        controls: [CMCControl] = [], contentInfos: [CMCContentInfo] = [], otherMessages: [CMCOtherMessage] = []
    ) {
        self.controls = controls
        self.contentInfos = contentInfos
        self.otherMessages = otherMessages
    }

    /// Reads DER or BER; bytes behind it are refused.
    public init(_ encoded: [UInt8]) throws {
        let value = try decodeBER(
            encoded, as: "PKIResponse", { d2i_CMC_PKI_RESPONSE(nil, $0, $1) }, free: { CMC_PKI_RESPONSE_free($0) })
        defer { CMC_PKI_RESPONSE_free(value) }
        controls = try elements(value.pointee.controls).map(CMCControl.init)
        contentInfos = elements(value.pointee.contentInfos).map(CMCContentInfo.init)
        otherMessages = try elements(value.pointee.otherMessages).map(CMCOtherMessage.init)
    }

    public var der: [UInt8] {
        get throws {
            let value = try require(CMC_PKI_RESPONSE_new())
            defer { CMC_PKI_RESPONSE_free(value) }
            for control in controls { try push(control.make(), to: value.pointee.controls) }
            for info in contentInfos { try push(info.make(), to: value.pointee.contentInfos) }
            for message in otherMessages { try push(message.make(), to: value.pointee.otherMessages) }
            return try encodeDER { i2d_CMC_PKI_RESPONSE(value, $0) }
        }
    }

    /// Every status, the newer control first: a V1 status counts only where no V2 one names the same body part
    /// (RFC 5272 §6.1).
    public var statuses: [CMCStatus] {
        let newer = controls.compactMap { if case .statusInfoV2(let status) = $0.value { status } else { nil } }
        let named = Set(newer.flatMap(\.bodyList))
        let older = controls.compactMap { if case .statusInfo(let status) = $0.value { status } else { nil } }
        return newer + older.filter { newer.isEmpty || named.isDisjoint(with: $0.bodyList) && !$0.bodyList.isEmpty }
    }
}
