// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// A body that breaks off: libmicrohttpd announces its whole length and is told of an error after the first part.
final class TruncatedBody {
    private let body: [UInt8]
    private let sent: Int

    init(_ body: [UInt8], sent: Int) {
        self.body = body
        self.sent = min(max(sent, 0), body.count)
    }

    /// A response that keeps this object until libmicrohttpd frees it.
    func makeResponse() -> OpaquePointer? {
        MHD_create_response_from_callback(
            UInt64(body.count), 4096,
            { owner, position, buffer, capacity in
                guard let owner, let buffer else { return breakOff }
                let whole = Unmanaged<TruncatedBody>.fromOpaque(owner).takeUnretainedValue()
                let count = min(capacity, whole.sent - Int(position))
                guard count > 0 else { return breakOff }
                let part = whole.body[Int(position)..<Int(position) + count]
                UnsafeMutableRawBufferPointer(start: buffer, count: count).copyBytes(from: part)
                return count
            },
            Unmanaged.passRetained(self).toOpaque(),
            { owner in if let owner { Unmanaged<TruncatedBody>.fromOpaque(owner).release() } })
    }
}

/// `MHD_CONTENT_READER_END_WITH_ERROR`, a macro that is not imported.
private let breakOff = -2
