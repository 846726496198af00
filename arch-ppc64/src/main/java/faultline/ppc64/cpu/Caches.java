package faultline.ppc64.cpu;

/// The caches of a processor as the auxiliary vector describes them: levels 1 to 3, of the first
/// instructions and data apart.
public record Caches(Cache instructions, Cache data, Cache second, Cache third) {

    /// The bytes that `dcbz` clears and `icbi` forgets, and a line of every cache.
    public static final int BLOCK_BYTES = 128;

    static final Caches POWER8 =
            new Caches(new Cache(32 << 10, 8), new Cache(64 << 10, 8), new Cache(512 << 10, 8), new Cache(8 << 20, 8));

    static final Caches POWER9 = new Caches(
            new Cache(32 << 10, 8), new Cache(32 << 10, 8), new Cache(512 << 10, 8), new Cache(10 << 20, 20));

    /// One cache: its bytes, and how many places a line may have in it.
    public record Cache(int bytes, int ways) {

        /// AT_*_CACHEGEOMETRY.
        public int geometry() {
            return ways << 16 | BLOCK_BYTES;
        }
    }
}
