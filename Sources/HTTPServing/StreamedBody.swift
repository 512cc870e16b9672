// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// The body of a stream: libmicrohttpd asks it for bytes and frees it with the answer.
final class StreamedBody {
    private let stream: any StreamedContent
    private let connection: ConnectionHandle
    private let count: (Int) -> Void
    var whenFreed: () -> Void = {}

    /// - Parameter count: is told how many bytes went out, 0 when there are none now, on the thread of the connection.
    init(_ stream: any StreamedContent, on connection: ConnectionHandle, count: @escaping (Int) -> Void) {
        self.stream = stream
        self.connection = connection
        self.count = count
    }

    /// A response that keeps this object until libmicrohttpd frees it.
    func makeResponse() -> OpaquePointer? {
        MHD_create_response_from_callback(
            UInt64.max, 4096,  // MHD_SIZE_UNKNOWN, a macro that is not imported
            { owner, _, buffer, capacity in
                guard let owner, let buffer else { return endOfStream }
                let body = Unmanaged<StreamedBody>.fromOpaque(owner).takeUnretainedValue()
                let space = UnsafeMutableRawBufferPointer(start: buffer, count: capacity)
                switch body.stream.read(into: space, body.connection) {
                case .bytes(let count):
                    body.count(count)
                    return count
                case .end: return endOfStream
                case .broken: return breakOff
                }
            },
            Unmanaged.passRetained(self).toOpaque(),
            { owner in
                guard let owner else { return }
                let body = Unmanaged<StreamedBody>.fromOpaque(owner).takeRetainedValue()
                body.stream.close()
                body.whenFreed()
            })
    }
}

/// `MHD_CONTENT_READER_END_OF_STREAM`, a macro that is not imported.
private let endOfStream = -1
/// `MHD_CONTENT_READER_END_WITH_ERROR`, likewise.
private let breakOff = -2
