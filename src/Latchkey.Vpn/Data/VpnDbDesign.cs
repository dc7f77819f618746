using Latchkey.Platform.Data;

namespace Latchkey.Vpn.Data;

internal sealed class VpnDbDesign() : DesignTimeFactory<VpnDb>(VpnModule.Prefix, options => new VpnDb(options));
