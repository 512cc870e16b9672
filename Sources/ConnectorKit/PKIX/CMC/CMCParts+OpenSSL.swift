// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL

// The parts of both messages. What `make` gives belongs to the message it is pushed to.

extension CMCControl {
    init(reading element: UnsafeMutableRawPointer) throws {
        let control = element.assumingMemoryBound(to: CMC_CONTROL.self).pointee
        self.init(
            control.bodyPartID,
            try Value(type: dotted(control.type), values: ASN1Value.ders(control.values)))
    }

    func make() throws -> UnsafeMutablePointer<CMC_CONTROL> {
        try made(CMC_CONTROL_new(), { CMC_CONTROL_free($0) }) { control in
            control.pointee.bodyPartID = bodyPartID
            control.pointee.type = try makeObject(value.type)
            for value in try value.values { try push(ASN1Value.makeAny(value), to: control.pointee.values) }
        }
    }
}

extension CMCTaggedRequest {
    init(reading element: UnsafeMutableRawPointer) throws {
        let request = element.assumingMemoryBound(to: CMC_REQUEST.self).pointee
        switch Int(request.type) {
        case CMC_REQUEST_TCR:
            let part = request.value.tcr.pointee
            self = .certificationRequest(
                bodyPartID: part.bodyPartID, try CertificateSigningRequest(der: octets(part.request)))
        case CMC_REQUEST_CRM: self = .certificateRequestMessage(try ASN1Value.ders(request.value.crm))
        default:
            let part = request.value.orm.pointee
            self = .other(
                bodyPartID: part.bodyPartID, type: dotted(part.type), value: try ASN1Value.der(part.value))
        }
    }

    func make() throws -> UnsafeMutablePointer<CMC_REQUEST> {
        try made(CMC_REQUEST_new(), { CMC_REQUEST_free($0) }) { request in
            switch self {
            case .certificationRequest(let id, let csr):
                request.pointee.value.tcr = try made(
                    CMC_CERTIFICATION_REQUEST_new(), { CMC_CERTIFICATION_REQUEST_free($0) }
                ) { part in
                    part.pointee.bodyPartID = id
                    try setOctets(part.pointee.request, csr.der)
                }
                request.pointee.type = Int32(CMC_REQUEST_TCR)
            case .certificateRequestMessage(let parts):
                request.pointee.value.crm = try require(OPENSSL_sk_new_null())
                request.pointee.type = Int32(CMC_REQUEST_CRM)
                for part in parts { try push(ASN1Value.makeAny(part), to: request.pointee.value.crm) }
            case .other(let id, let type, let value):
                request.pointee.value.orm = try CMCOtherMessage(bodyPartID: id, type: type, value: value).make()
                request.pointee.type = Int32(CMC_REQUEST_ORM)
            }
        }
    }
}

extension CMCContentInfo {
    init(reading element: UnsafeMutableRawPointer) {
        let part = element.assumingMemoryBound(to: CMC_CONTENT_INFO.self).pointee
        self.init(bodyPartID: part.bodyPartID, contentInfo: octets(part.contentInfo))
    }

    func make() throws -> UnsafeMutablePointer<CMC_CONTENT_INFO> {
        try made(CMC_CONTENT_INFO_new(), { CMC_CONTENT_INFO_free($0) }) { part in
            part.pointee.bodyPartID = bodyPartID
            try setOctets(part.pointee.contentInfo, contentInfo)
        }
    }
}

extension CMCOtherMessage {
    init(reading element: UnsafeMutableRawPointer) throws {
        let part = element.assumingMemoryBound(to: CMC_OTHER_MESSAGE.self).pointee
        self.init(bodyPartID: part.bodyPartID, type: dotted(part.type), value: try ASN1Value.der(part.value))
    }

    func make() throws -> UnsafeMutablePointer<CMC_OTHER_MESSAGE> {
        try made(CMC_OTHER_MESSAGE_new(), { CMC_OTHER_MESSAGE_free($0) }) { part in
            part.pointee.bodyPartID = bodyPartID
            part.pointee.type = try makeObject(type)
            ASN1_TYPE_free(part.pointee.value)
            part.pointee.value = nil
            part.pointee.value = try ASN1Value.makeAny(value)
        }
    }
}

/// A fresh C structure, filled; freed when filling it fails.
func made<Structure>(
    _ fresh: UnsafeMutablePointer<Structure>?, _ free: (UnsafeMutablePointer<Structure>) -> Void,
    _ fill: (UnsafeMutablePointer<Structure>) throws -> Void
) throws -> UnsafeMutablePointer<Structure> {
    let structure = try require(fresh)
    do { try fill(structure) } catch {
        free(structure)
        throw error
    }
    return structure
}

/// Hands an element over to a stack.
func push<Element>(_ element: UnsafeMutablePointer<Element>, to stack: OpaquePointer?) throws {
    try require(OPENSSL_sk_push(stack, UnsafeRawPointer(element)))
}
