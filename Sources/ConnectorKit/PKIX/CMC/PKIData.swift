// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL

/// The body of a full PKI request (RFC 5272 §3.2.1); what the client signs.
public struct PKIData: Sendable, Hashable {
    /// id-cct-PKIData.
    public static let contentType = "1.3.6.1.5.5.7.12.2"

    public var controls: [CMCControl]
    public var requests: [CMCTaggedRequest]
    public var contentInfos: [CMCContentInfo]
    public var otherMessages: [CMCOtherMessage]

    public init(
        controls: [CMCControl] = [], requests: [CMCTaggedRequest] = [], contentInfos: [CMCContentInfo] = [],
        otherMessages: [CMCOtherMessage] = []
    ) {
        self.controls = controls
        self.requests = requests
        self.contentInfos = contentInfos
        self.otherMessages = otherMessages
    }

    /// Reads DER or BER; bytes behind it are refused.
    public init(_ encoded: [UInt8]) throws {
        let value = try decodeBER(
            encoded, as: "PKIData", { d2i_CMC_PKI_DATA(nil, $0, $1) }, free: { CMC_PKI_DATA_free($0) })
        defer { CMC_PKI_DATA_free(value) }
        controls = try elements(value.pointee.controls).map(CMCControl.init)
        requests = try elements(value.pointee.requests).map(CMCTaggedRequest.init)
        contentInfos = elements(value.pointee.contentInfos).map(CMCContentInfo.init)
        otherMessages = try elements(value.pointee.otherMessages).map(CMCOtherMessage.init)
    }

    public var der: [UInt8] {
        get throws {
            let value = try require(CMC_PKI_DATA_new())
            defer { CMC_PKI_DATA_free(value) }
            for control in controls { try push(control.make(), to: value.pointee.controls) }
            for request in requests { try push(request.make(), to: value.pointee.requests) }
            for info in contentInfos { try push(info.make(), to: value.pointee.contentInfos) }
            for message in otherMessages { try push(message.make(), to: value.pointee.otherMessages) }
            return try encodeDER { i2d_CMC_PKI_DATA(value, $0) }
        }
    }

    /// The ids of all body parts, in order; each should be there once (RFC 5272 §3.2.2).
    public var bodyPartIDs: [UInt32] {
        controls.map(\.bodyPartID) + requests.compactMap(\.bodyPartID) + contentInfos.map(\.bodyPartID)
            + otherMessages.map(\.bodyPartID)
    }
}
